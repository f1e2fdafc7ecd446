activity-assignment-made = tilldelade en profil:
activity-assignment-changed = ändrade en tilldelning av
activity-assignment-removed = tog bort en tilldelning av
activity-plan-made = planerade en ändring:
activity-plan-asked = bad en annan person bekräfta en plan
activity-plan-applied = genomförde en plan
activity-plan-cancelled = drog tillbaka en plan
activity-plan-overtaken = en plan hanns upp av en annan ändring
