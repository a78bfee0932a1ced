-- Files of before with people's answers: by the names that they had, in three languages.
UPDATE page_files SET made_from = 'health_answers'
    WHERE named LIKE ' %' AND name IN ('health.csv', 'sante.csv', 'gesundheit.csv');
UPDATE page_files SET made_from = 'private_answers'
    WHERE named LIKE ' %' AND name IN ('private-fields.csv', 'champs-prives.csv', 'private-felder.csv');
