# Kataloger: varifrån personer och grupper kommer.

activity-directory-added = lade till en katalog
activity-directory-changed = ändrade en katalog
activity-directory-removed = tog bort en katalog
activity-directory-token = skapade en nyckel för en katalog
activity-directory-token-revoked = återkallade en katalogs nyckel
activity-directory-run = lästes
activity-directory-held = skulle ta bort mycket på en gång och väntar
activity-directory-released = släppte fram det som en katalog vill
activity-directory-declined = avslog det som en katalog vill
activity-directory-ill = kan inte läsas
activity-directory-well = kan läsas igen
activity-directory-linked = länkade en post i en katalog till en person
activity-directory-leavers = ändrade vad som händer med enheter när någon slutar
activity-directory-state = ändrade var en person står
notice-directory-held = En katalog skulle ta bort mycket på en gång; det väntar på att du tittar.
notice-directory-ill = En katalog kan inte läsas; det den gav tidigare ligger kvar.
