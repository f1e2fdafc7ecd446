move-devices-title = { $n ->
    [one] Flytta { $n } enhet
   *[other] Flytta { $n } enheter
}
move-people-title = { $n ->
    [one] Flytta { $n } person
   *[other] Flytta { $n } personer
}
move-people-more = { $n ->
    [one] 1 person till visas inte.
   *[other] { $n } personer till visas inte.
}
move-devices-intro = Först ser du vad som ändras på varje enhet. Inget flyttas förrän du genomför planen.
move-people-intro = Deras grupper och inbjudningar står kvar. Utan deras enheter ändras inget på någon enhet.
move-to = Flytta till
move-with-devices = Deras enheter följer med: { $a }
move-with-devices-hint = Först ser du vad som ändras på varje enhet. En enhet i en organisationsenhet som du inte hanterar står kvar där.
move-look = Se vad som ändras
move-act = Flytta
move-choose = Flytta…
move-none = Inget är valt. Kryssa för rader i listan först.
move-back = Tillbaka till listan
move-people-form = Med de valda personerna
plan-move-people = { $n ->
    [one] Flytta { $n } person till { $unit }
   *[other] Flytta { $n } personer till { $unit }
}
activity-person-moved = flyttade personer till en annan organisationsenhet
problem-move-many = Högst 1 000 åt gången.
