CREATE TABLE `accounts` (
	`id` integer PRIMARY KEY NOT NULL,
	`username` text(150) NOT NULL,
	`password` text DEFAULT '*' NOT NULL,
	`last_login` integer,
	`is_superuser` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username_unique` ON `accounts` (`username`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text(50) NOT NULL,
	`email` text(50) NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name_unique` ON `users` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);