-- People, invitations and the portal.

-- People's own accounts ------------------------------------------------------------------------------------
-- The person whose own account it is; NULL for administrators and services. Name, address, language and unit of
-- such an account are those of the person: its own columns hold nothing.
ALTER TABLE account ADD COLUMN person_id TEXT REFERENCES person (id);
CREATE UNIQUE INDEX account_person ON account (person_id) WHERE person_id IS NOT NULL;
-- What an account that reaches nothing but the portal has; nobody else is given it.
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('portal', 'portal', 1, '[]', 0, 0);


-- Invitations ----------------------------------------------------------------------------------------------


-- Enrollment by the portal ---------------------------------------------------------------------------------


-- My devices -----------------------------------------------------------------------------------------------


-- Branding and enrollment statuses -------------------------------------------------------------------------


-- Directories ----------------------------------------------------------------------------------------------


-- LDAP -----------------------------------------------------------------------------------------------------


