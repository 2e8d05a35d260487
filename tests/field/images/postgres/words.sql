CREATE TABLE words (word text);
INSERT INTO words VALUES ('zebra'), ('Äpfel'), ('apple'), ('Zug'), ('öl');
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN upper(t) || '!'; END $$;
