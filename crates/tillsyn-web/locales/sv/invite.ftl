invite-mail-title = Anslut din enhet
invite-mail-title-reminder = Påminnelse: din enhet är inte ansluten än
invite-mail-title-unfinished = Ett steg återstår: installera profilen
invite-mail-title-pin = Din nya PIN-kod
invite-mail-hello = Hej { $a },
invite-mail-by = { $inviter } på { $organisation } bjuder in dig att ansluta din iPhone, iPad eller Mac.
invite-mail-org = { $a } bjuder in dig att ansluta din iPhone, iPad eller Mac.
invite-mail-minutes = Det tar ungefär tre minuter. Du ser vad som hanteras innan du godkänner något.
invite-mail-network = Du når dina egna sidor med din mejladress och det lösenord som du använder hos { $a }.
invite-mail-reminder = Din inbjudan är fortfarande öppen. Fortsätt med samma länk; inget har gått förlorat.
invite-mail-unfinished = Du hämtade profilen men den är inte installerad. Öppna länken igen på den enheten: du får en ny profil, och sidan visar var den finns i Inställningar.
invite-mail-new-pin = Här är den nya PIN-koden som begärdes på sidan för din inbjudan. Den förra fungerar inte längre.
invite-mail-pin = Din PIN-kod:
invite-mail-pin-until = PIN-koden fungerar till { $a }. Därefter skickar sidan en ny.
invite-mail-pin-apart = Du får PIN-koden av { $a }, inte i mejlet. Fråga efter den innan du börjar.
invite-mail-button = Anslut min enhet
invite-mail-step-open = Öppna länken på själva enheten, i Safari.
invite-mail-step-pin = Skriv PIN-koden.
invite-mail-step-agree = Läs vad som hanteras och godkänn.
invite-mail-step-install = Installera profilen i Inställningar; sidan visar varje tryckning.
invite-mail-until = Inbjudan fungerar till { $a }.
invite-mail-other = Läser du detta på en annan enhet?
invite-mail-camera = Rikta kameran på din iPhone eller iPad mot koden:
invite-mail-qr = QR-kod med din länk
invite-mail-by-hand = Eller skriv den här adressen i Safari på enheten och sedan koden:
invite-mail-help = Frågor? { $a }
invite-mail-help-none = Frågor? Vänd dig till den som bjöd in dig. Ingen läser svar på det här mejlet.
invite-mail-alone = Länken och koden är bara för dig: skicka inte mejlet vidare.
invite-mail-unexpected = Väntade du dig inte det här? Radera det, så händer ingenting.
mail-what-invitation = Inbjudan
mail-what-invitation-reminder = Påminnelse om en inbjudan
mail-what-invitation-pin = Ny PIN-kod
mail-error-withdrawn = Drogs tillbaka innan det skickades
activity-invitation-send = skickade en inbjudan
activity-invitation-resend = skickade en inbjudan på nytt
activity-invitation-remind = påminde någon om en inbjudan
activity-batch-create = förberedde inbjudningar
activity-batch-begin = började skicka inbjudningar
activity-batch-cancel = slutade skicka inbjudningar
activity-batch-done = blev klar med att skicka inbjudningar
activity-batch-failed = kunde inte skicka inbjudningar
activity-batch-resend = skickade inbjudningar på nytt
invite-send = Skicka inbjudningar
invite-send-intro = Med mejl, på vars och ens eget språk. Du ser vilka som får en innan något skickas.
invite-whom = Vilka som bjuds in
invite-to-people = Personer efter mejladress
invite-emails = Mejladresser
invite-emails-hint = Till personer som redan finns, en per rad eller med komma emellan.
invite-to-group = Alla i en grupp
invite-to-file = En fil
invite-file-hint = CSV med kolumnerna name, email, unit och language, högst 5 000 rader. Den som saknas läggs till bland personerna.
invite-label = Etikett
invite-label-hint = Det som listan över skickade inbjudningar visar, till exempel ”Nyanställda, hösten”.
invite-skip = Hoppa över
invite-skip-open = Den som har en öppen inbjudan
invite-skip-enrolled = Den som har en ansluten enhet
invite-policy-of-unit = För varje person gäller det som den egna enheten i organisationen säger.
invite-mail-missing = Det finns ingen mejlserver än, så ingen inbjudan kan skickas.
invite-batches = Skickade tillsammans
invite-batches-intro = Inbjudningar till många och hur långt var och en har kommit.
invite-batches-none = Inget har skickats tillsammans än
invite-batches-none-text = Bjud in en grupp eller en fil med personer och se här hur långt var och en har kommit.
invite-batches-region = Inbjudningar som skickats tillsammans
invite-batch-of = Inbjudningar från { $a }
invite-source = Från
invite-status-running = Skickar
invite-status-done = Skickat
invite-export = Som CSV
invite-stop = Sluta skicka
invite-discard = Kasta
invite-nothing-yet = Inget har skickats än
invite-nobody = Ingen i listan kan bjudas in. Listan säger varför.
invite-will-send = { $n ->
    [one] 1 person får ett mejl.
   *[other] { $n } personer får ett mejl.
}
invite-begin = Skicka nu
invite-failed = Utskicket tog slut i förtid: den som började får inte skicka längre, eller så avbröts det för många gånger. Listan säger vilka som fick ett mejl.
invite-resend-title = Skriv igen till dem som har kört fast
invite-resend-text = Var och en får en ny länk och, där den skickas med mejl, en ny PIN-kod. Den förra länken slutar fungera.
invite-resend-step = De som stannade vid
invite-resend = Skicka på nytt
invite-people = Vem är var
invite-people-region = Personer i de här inbjudningarna
invite-step = Längsta steg
invite-step-planned = Bjuds in
invite-step-skipped = Hoppas över
invite-step-wrong = Kan inte användas
invite-step-cancelled = Inte skickad, stoppad
invite-step-not-invited = Kunde inte bjudas in
invite-step-invited = Mejlet väntar
invite-step-mail-sent = Mejlet skickat
invite-step-mail-refused = Mejlet nekades
invite-step-mail-failed = Mejlet misslyckades
invite-step-opened = Öppnad
invite-step-pin = PIN-kod given
invite-step-profile = Profil hämtad
invite-step-certificate = Certifikat utfärdat
invite-step-enrolled = Ansluten
invite-step-ready = Klar
invite-step-failed = Misslyckades
invite-step-expired = Inbjudan har gått ut
invite-step-revoked = Inbjudan indragen
invite-new-person = Läggs till bland personerna
invite-reminded = { $n ->
    [one] Påmind en gång
   *[other] Påmind { $n } gånger
}
invite-cause-invitation = Har en öppen inbjudan
invite-cause-device = Har en ansluten enhet
invite-cause-twice = Finns redan längre upp i listan
invite-cause-limit = Har så många enheter som organisationen tillåter
invite-cause-inactive = Är inaktiv
invite-cause-no-email = Saknar mejladress
invite-cause-over = Inbjudan är redan slut
invite-cause-lapsed = Profilen installerades inte i tid
invite-cause-overtaken = Är någon annan nu; gör en ny lista
invite-problem-empty = Ange minst en person
invite-problem-long = Högst 5 000 personer i taget
invite-problem-nobody = Det går inte att skriva till någon där
invite-problem-overtaken = Det här är en annan lista än den du tittade på. Titta igen.
invite-problem-over = Listan kastades. Gör en ny.
invite-problem-running = Den skickas fortfarande. Vänta tills den är klar, eller stoppa den.
invite-problem-steps = Välj ett steg där personer har kört fast
nav-invite-policy = Hur ni bjuder in
invite-policy-intro = PIN-kod, livslängd, påminnelser och gränser för inbjudningar som skickas med mejl. Närmaste enhet gäller, värde för värde.
invite-policy-show = Visa
invite-pin-none = Ingen PIN-kod
invite-pin-mail = PIN-kod i mejlet med länken
invite-pin-shown = PIN-koden visas för administratören, som lämnar den på annat sätt
invite-account-none = Inget konto behövs
invite-account-required = Personen loggar in först
invite-account-password = Den som saknar lösenord väljer ett på vägen
invite-account = Personens eget konto
invite-as-above = Som ovanför enheten
invite-as-usual = Det vanliga
invite-empty-above = Tomt: som ovanför enheten.
invite-days = Livslängd i dagar
invite-after = Påminnelser, dagar efter mejlet
invite-before = Påminnelser, dagar före slutet
invite-limit = Enheter per person samtidigt
invite-usual-days = { $n ->
    [one] 1 till 90. Tomt: 1 dag.
   *[other] 1 till 90. Tomt: { $n } dagar.
}
invite-usual-list = Till exempel 2, 5. 0 är ingen. Tomt: { $a }.
invite-usual-limit = 1 till 100. Tomt eller 0: ingen gräns.
invite-days-wrong = En inbjudan lever 1 till 90 dagar
invite-reminders-wrong = Högst fem tal från 1 till 89, med komma emellan
invite-limit-wrong = Ett tal från 0 till 100
invite-in-force = Gäller här
invite-keep = Inbjudningar som redan är ute behåller det de gjordes med.
invite-others = Enheter med egna värden
invite-policy-days = { $n ->
    [one] Lever 1 dag
   *[other] Lever { $n } dagar
}
invite-policy-after = Påminnelser, dagar efter utskicket: { $a }
invite-policy-before = Påminnelser, dagar före slutet: { $a }
invite-policy-limit = { $n ->
    [one] Högst 1 enhet var
   *[other] Högst { $n } enheter var
}
invite-typed = Kod att skriva
invite-typed-hint = Skrivs på { $a } där länken inte kan tryckas.
invite-resent = En ny inbjudan är på väg; den förra länken fungerar inte längre.
invite-pins = PIN-koder att lämna ut
invite-pins-text = De visas en gång, sedan sparas bara deras hashvärden. Den som tappar bort sin får en ny på inbjudans sida.
invite-pins-show = Visa dem en gång
invite-pins-until = Den första slutar gälla { $a }. Lämna ut varje kod på annat sätt än med e-post.
invite-pins-back = Tillbaka till inbjudningarna
invite-problem-no-pins = Det finns inga PIN-koder att lämna ut: någon har hämtat dem, eller så gäller de inte längre. Skapa en ny på inbjudans sida.
activity-batch-pins = hämtade PIN-koder till inbjudningar för att lämna ut dem
invite-pins-wait = { $n ->
    [one] 1 PIN-kod väntar på att lämnas ut.
   *[other] { $n } PIN-koder väntar på att lämnas ut.
}
invite-bounced = Mejlet kom tillbaka
mail-error-bounced = Togs emot av mejlservern och kom tillbaka
activity-invitation-bounced = noterade att mejlet med en inbjudan kom tillbaka
