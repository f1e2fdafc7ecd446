unknown-title = Enheter efter säkerhetskopian
unknown-intro = De har ett certifikat från den här servern, men säkerhetskopian som återställdes känner inte till dem. De nekas tills någon tar in dem igen. Vad de säger om sig själva är bara deras påstående: jämför med det du vet.
unknown-region = Enheter från tiden efter säkerhetskopian, rullar i sidled
unknown-find = Sök bland enheter från tiden efter säkerhetskopian
unknown-find-hint = Namn, UDID eller certifikat
unknown-none = Ingen knackar på
unknown-none-text = Alla enheter som kommer med ett certifikat från den här servern är kända här.
unknown-known = Vad som är känt här
unknown-enrolled = Registrerad med ett annat certifikat
unknown-before = Känd sedan tidigare, inte registrerad nu
unknown-never = Inte känd sedan tidigare
unknown-rivals = { $n ->
    [one] Ett annat certifikat säger att det är samma enhet.
   *[other] { $n } andra certifikat säger att de är samma enhet.
}
unknown-last = Senaste meddelande
unknown-first = Första meddelande
unknown-messages = Meddelanden
unknown-certificate = Certifikat
unknown-take-head = Ta in igen
unknown-take-text = Var och en fortsätter med det certifikat den har; ingen behöver röra enheten. Ange det som bara de förlorade dagarna visste. Inget händer än: nästa sida säger vad som skulle hända.
unknown-confirm-first = Att ta in kräver mer än ditt lösenord. Bekräfta först att det är du och välj sedan enheter.
unknown-owner = Vem äger enheterna?
unknown-platform = Slag för dem som inte är kända sedan tidigare
unknown-which = Ett valt certifikat avslutar den registrering som enheten har med ett äldre. ”Alla” lämnar sådana enheter som de är, liksom dem som flera certifikat gör anspråk på.
unknown-look-chosen = Titta på de valda
unknown-look-all = Titta på alla
unknown-take-title = { $n ->
    [one] Ta in 1 enhet igen?
   *[other] Ta in { $n } enheter igen?
}
unknown-take-none = Ingen av de här enheterna kan tas in
unknown-take-intro = Inget har hänt än.
unknown-take-who = Vilka det gäller
unknown-take-what = Vad som händer
unknown-take-then = Vad som händer sedan
unknown-take-in = { $n ->
    [one] 1 enhet hanteras igen, med det certifikat den har. Organisationsenhet: { $unit }. Ägare: { $ownership }.
   *[other] { $n } enheter hanteras igen, var och en med det certifikat den har. Organisationsenhet: { $unit }. Ägare: { $ownership }.
}
unknown-take-ends = { $n ->
    [one] För 1 av dem upphör en äldre registrering, med sin person och sina hemligheter: den som väljer ett certifikat bestämmer sig för det.
   *[other] För { $n } av dem upphör en äldre registrering, med sin person och sina hemligheter: den som väljer ett certifikat bestämmer sig för det.
}
unknown-take-ends-none = Att välja ett certifikat avslutar en äldre registrering av enheten. Ingen av de här har någon nu, så inget upphör.
unknown-take-all-ends = Ingen registrering upphör: av alla tas bara de in som inte är registrerade.
unknown-take-platform = En enhet som inte är känd sedan tidigare förs in som: { $a }.
unknown-take-push = Deras push-token är förlorade. Tills en enhet skickar sin token igen visas den som onåbar och får sina kommandon när den själv hör av sig.
unknown-take-refused = { $n ->
    [one] 1 stannar utanför; listan säger varför.
   *[other] { $n } stannar utanför; listan säger varför.
}
unknown-take-submit = { $n ->
    [one] Ta in 1 enhet
   *[other] Ta in { $n } enheter
}
unknown-push-missing = Utan ett sådant tas ingen enhet in.
unknown-back = Tillbaka till listan
unknown-row-taken = Tas in
unknown-row-ends = Tas in; den äldre registreringen upphör
unknown-refused-gone = Stannar utanför: inget sådant certifikat knackar på längre.
unknown-refused-certificate = Stannar utanför: certifikatet har gått ut eller är ingen enhetsidentitet från den här servern.
unknown-refused-known = Stannar utanför: certifikatet är känt, och det som bestämts om det står fast.
unknown-refused-contradicts = Det har uppgett olika enheter och tas därför aldrig in. Låt enheten registreras igen.
unknown-refused-rivals = Stannar utanför: flera certifikat säger att de är den här enheten. Välj bara det som ska tas in.
unknown-refused-managed = Stannar utanför: enheten är registrerad med ett annat certifikat eller hör till en organisationsenhet som du inte når. Välj den för sig för att avsluta den registreringen.
unknown-refused-changed = Stannar utanför: enheten registrerades igen efter att sidan visades. Titta en gång till.
unknown-refused-ownership = Stannar utanför: en enhet som personen själv registrerat med sitt konto är privat.
unknown-refused-push = Stannar utanför: det finns inget push-certifikat längre.
unknown-refused-failed = Stannar utanför: den gick inte att ta in, och inget har ändrats för den. Serverns logg säger varför.
unknown-done-title = { $n ->
    [one] 1 enhet är intagen igen
   *[other] { $n } enheter är intagna igen
}
unknown-done-none = Ingen enhet togs in
unknown-done-text = De hanteras igen så snart de hör av sig. Person, grupper och namn anges på deras sidor.
unknown-done-nothing = Inget har ändrats.
unknown-done-ended = { $n ->
    [one] 1 äldre registrering har upphört.
   *[other] { $n } äldre registreringar har upphört.
}
unknown-done-in = Intagna
unknown-done-refused = { $n ->
    [one] 1 stannade utanför
   *[other] { $n } stannade utanför
}
unknown-done-out = Certifikat som stannade utanför
unknown-done-why = Varför
need-unknown-take = Titta på dem
