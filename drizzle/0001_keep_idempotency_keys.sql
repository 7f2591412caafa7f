CREATE TABLE `idempotency_keys` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`position` integer NOT NULL,
	`fingerprint` text NOT NULL,
	`attempt` text NOT NULL,
	`outcome` text NOT NULL,
	`row_key` text,
	`noted_at` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`, `position`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_noted_at` ON `idempotency_keys` (`noted_at`);