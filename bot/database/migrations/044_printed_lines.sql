-- What organisers decided about lines of what is printed and exported. Of an idea: 1, it is in; 0, it is out; NULL, nothing:
-- then it is in where somebody revealed it and, if its group voted in the phase, voted for it. Of what a group wrote, and of
-- a territory card: the fields that are out, separated by blanks. Of an opinion: 1, its comment is out.
ALTER TABLE ideas ADD COLUMN printed BIGINT;
ALTER TABLE syntheses ADD COLUMN unprinted TEXT NOT NULL DEFAULT '';
ALTER TABLE territory_cards ADD COLUMN unprinted TEXT NOT NULL DEFAULT '';
ALTER TABLE synthesis_opinions ADD COLUMN unprinted BIGINT NOT NULL DEFAULT 0;
