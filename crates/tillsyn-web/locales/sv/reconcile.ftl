# Vad som begärts av avstämningen.
activity-device-reconcile = bad om en ny granskning av en enhet
activity-profile-reconcile = försökte igen med en nekad profil
