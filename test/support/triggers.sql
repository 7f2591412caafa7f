CREATE TRIGGER audited_total AFTER INSERT ON audited BEGIN
	UPDATE audited SET total = 100 WHERE id = NEW.id;
END;
CREATE TRIGGER audited_refusal BEFORE INSERT ON audited WHEN NEW.name LIKE 'forbidden%' BEGIN
	SELECT RAISE(ABORT, 'the secret word of the trigger');
END;
CREATE TRIGGER tallies_turns AFTER UPDATE OF count ON tallies BEGIN
	UPDATE tallies SET turns = turns + 1 WHERE slug = NEW.slug;
END;
