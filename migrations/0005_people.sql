-- People, invitations and the portal.

-- People's own accounts ------------------------------------------------------------------------------------
-- The person whose own account it is; NULL for an administrator who is nobody in the list of people.
ALTER TABLE account ADD COLUMN person_id TEXT REFERENCES person (id);
CREATE UNIQUE INDEX account_person ON account (person_id) WHERE person_id IS NOT NULL;


-- Invitations ----------------------------------------------------------------------------------------------


-- Enrollment by the portal ---------------------------------------------------------------------------------


-- My devices -----------------------------------------------------------------------------------------------


-- Branding and enrollment statuses -------------------------------------------------------------------------


-- Directories ----------------------------------------------------------------------------------------------


-- LDAP -----------------------------------------------------------------------------------------------------


