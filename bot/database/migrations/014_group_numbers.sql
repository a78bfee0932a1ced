-- The highest number a group of a theme ever had in a round: past it, no number is that of a dissolved group.
CREATE TABLE group_numbers (
    round BIGINT NOT NULL REFERENCES rounds (number),
    theme TEXT NOT NULL REFERENCES themes (key) ON DELETE CASCADE,
    highest BIGINT NOT NULL,
    PRIMARY KEY (round, theme)
);
INSERT INTO group_numbers (round, theme, highest) SELECT round, theme, MAX(number) FROM groups GROUP BY round, theme;

-- The first meeting as config.toml last said it; another `meets_at` was set in chat. NULL also in rounds from before.
ALTER TABLE rounds ADD COLUMN configured BIGINT;
