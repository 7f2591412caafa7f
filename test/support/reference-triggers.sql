CREATE TRIGGER stamps_total AFTER INSERT ON stamps BEGIN
	UPDATE albums SET total = total + 1 WHERE id = NEW.album_id;
END;
CREATE TRIGGER stamps_album AFTER INSERT ON stamps WHEN NEW.worth = 3 BEGIN
	INSERT OR IGNORE INTO albums (word) VALUES (NEW.word);
END;
