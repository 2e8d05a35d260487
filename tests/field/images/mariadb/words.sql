CREATE TABLE words (word varchar(20)) CHARACTER SET utf8mb4;
INSERT INTO words VALUES ('zebra'), ('Äpfel'), ('apple'), ('Zug'), ('öl'), ('ostrich');
