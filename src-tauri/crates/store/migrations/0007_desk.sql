-- The home list asks which consents end soon and who is with a bank.
CREATE INDEX connections_by_consent ON connections (linked_at, company) WHERE gone = 0 AND linked_at IS NOT NULL;
CREATE INDEX connections_by_bank ON connections (bank_name, company) WHERE gone = 0;
