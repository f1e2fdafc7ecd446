# Det som skyddet antecknade; personens namn står framför.
activity-guard-budget = Budgeten för raderingar och avslut nådd; väntar på en andra person
activity-guard-change = Ändrade skyddets gränser
activity-guard-stop = Stoppade allt förstörande
activity-guard-withdraw = Drog tillbaka förstörande kommandon efter ett stopp
activity-guard-unfreeze = Avslutade en frysning
activity-approval-asked = Bad om en andra person
activity-approval-approved = Godkände någons begäran
activity-approval-declined = Avslog någons begäran
activity-approval-cancelled = Tog tillbaka en begäran
activity-approval-lapsed = En begäran förföll obesvarad
activity-approval-overtaken = En begäran blev inaktuell genom ändringar
activity-campaign-asked = Bad om en kampanj
activity-campaign-begun = Godkände en kampanj
activity-campaign-ended = En kampanj avslutades

# Pages: sidor om det som väntar på en andra person, kampanjer och skyddet.
nav-approvals = Godkännanden
nav-campaigns = Kampanjer
nav-guard = Skydd
approvals-intro = Det som en person inte får göra ensam väntar här på en andra, i 24 timmar.
approvals-waiting = Väntar
approvals-none = Inget väntar på en andra person.
approvals-decided = Avgjorda
approvals-decided-none = Inget har avgjorts ännu.
approval-what = Begäran
approval-why = Varför två
approval-own = Din
approval-decided-by = Avgjort av
approval-decided-reason = Skäl till beslutet
approval-by-server = Serverns eget skal
approval-title-commands = { $n ->
    [one] { $what }: 1 enhet
   *[other] { $what }: { $n } enheter
}
approval-title-plan = En plan som tar bort profiler
approval-title-campaign = { $n ->
    [one] Kampanjen ”{ $name }”: { $what }, 1 enhet
   *[other] Kampanjen ”{ $name }”: { $what }, { $n } enheter
}
approval-title-guard = Lösare gränser för skyddet
approval-title-unfreeze = Slut på frysningen av { $a }
approval-cause-many = Fler enheter än en person avgör
approval-cause-budget = Budgeten för raderingar och avslut är slut
approval-cause-new = Kontot eller dess rättigheter är yngre än ett dygn
approval-cause-rule = En sådan ändring kräver alltid två
approval-cannot-own = Du har själv bett om detta; någon annan avgör.
approval-cannot-new = Konton och rättigheter yngre än ett dygn kan inte avgöra åt någon annan.
approval-cannot-hand = För mindre än sju dagar sedan öppnade någon av er ett konto med en länk som den andra, eller samma tredje person, hade gjort. Någon annan avgör.
approval-cannot-platform = Detta gäller mer än den plattform som du har hand om.
approval-cannot-permission = Den som avgör behöver rätten att godkänna och rätten till själva åtgärden.
approval-moved-gone = Inte längre bland målen
approval-moved-added = Var inte bland målen
approval-moved-enrollment = Registrerad på nytt
approval-moved-person = Någon annan har den nu
approval-moved-ownership = Annat ägande
approval-moved-status = Nu: { $a }
approval-moved-seen = Hörde av sig { $a }
approval-removes-from = Tar profiler från
approval-more-plan = Öppna planen
approval-more-campaign = Öppna kampanjen
approval-more-guard = Öppna skyddet
approval-unnamed = { $n ->
    [one] 1 enhet till.
   *[other] { $n } enheter till.
}
approval-overtaken-note = Enheterna är inte längre de som begäran gällde. Den kan inte godkännas utan måste göras om.
approval-over-budget = Detta är mer än budgeten för raderingar och avslut rymmer.
approval-devices = Enheter
approval-ownership = Ägande
approval-changed = Sedan dess
approval-unchanged = Oförändrad
approval-seen = Det som begäraren såg
approval-unit = Enhet i organisationen
approval-decide = Avgör
approval-decide-text = Den som godkänner låter det ske och svarar för det. Det som inte kan ångras hålls sedan några minuter till. Den som avslår anger varför.
approval-approve = Godkänn
approval-decline = Avslå
approval-take-back = Ta tillbaka begäran
approval-reason-missing = Ange varför; den som bad läser det.
approval-problem-overtaken = Enheter har ändrats sedan begäran. Inget gjordes; den måste göras om.
approval-problem-over = Någon har redan avgjort detta, eller så förföll det.
approval-problem-frozen = Allt förstörande är fryst. Inget sådant börjar förrän två personer avslutar det.
guard-of = { $used } av { $limit }
guard-settings-intro = Hur mycket som får raderas eller avslutas, hur länge det väntar och när det krävs två.
guard-figures = Gränser
guard-hold-minutes = Minuter som en radering eller ett avslut hålls
guard-hold-minutes-hint = 0 till 10. Under den tiden kan alla med rättigheten dra tillbaka den.
guard-second-from = Antal enheter från vilket en andra person krävs
guard-second-from-hint = 1 till 6; med 1 kräver varje radering och avslut två.
guard-day-floor = Raderingar och avslut på 24 timmar, minst
guard-day-floor-hint = För små flottor; andelen nedan gäller där den är större.
guard-day-percent = Raderingar och avslut på 24 timmar, procent av flottan
guard-day-percent-hint = 0 till 100. En person har hälften.
guard-short-limit = Raderingar och avslut på 20 minuter
guard-short-limit-hint = En person har hälften.
guard-units = Strängare i en organisationsenhet
guard-units-intro = För organisationsenheten och allt under den. Lämna en gräns tom för att ha den som ovanför; bara det som är strängare gäller.
guard-units-save = Spara för organisationsenheten
guard-loosen = Skärpning gäller genast. Att lätta på någon gräns kräver en andra person.
guard-save = Spara
guard-reason-missing = Ange varför; den andra personen läser det.
guard-figure-wrong = Värdet ligger utanför gränserna.
guard-waits-already = En sådan ändring väntar redan på en andra person.
guard-budget-title = Använda raderingar och avslut
guard-budget-day = Organisationen, 24 timmar
guard-budget-short = Organisationen, 20 minuter
guard-budget-own-day = Du, 24 timmar
guard-budget-own-short = Du, 20 minuter
freeze-title = Fryst: { $a }
freeze-by = Stoppat av
freeze-at = Sedan
freeze-text = Ingen radering, inget avslut, ingen låsning eller annan förstörande åtgärd börjar här. Att avsluta frysningen kräver en andra person.
freeze-end = Be om att avsluta frysningen
freeze-banner = Allt förstörande är fryst i { $unit }, av { $who }, { $when }.
freeze-banner-above = Allt förstörande är fryst i din del av organisationen, ovanifrån, { $when }.
freeze-above = Fryst ovanifrån
freeze-above-text = Ingen radering, inget avslut, ingen låsning eller annan förstörande åtgärd börjar i din del av organisationen. Den som har hand om en större del av den får avsluta frysningen.
freeze-banner-link = Öppna skyddet
stop-everything = Stoppa allt
stop-withdraws = Drar tillbaka varje radering, avslut, låsning och annat förstörande kommando som ingen enhet har hämtat ännu.
stop-cancels = Avbryter det som väntar på en andra person och avslutar kampanjer.
stop-freezes = Fryser nya förstörande åtgärder tills två personer avslutar det.
stop-delivered = Det som en enhet redan har hämtat kan inte stoppas.
campaigns-intro = Många raderingar eller avslut som två personer kommer överens om i förväg: en fast lista och två datum.
campaigns-none = Det finns inga kampanjer.
campaign-new = Ny kampanj
campaign-new-intro = Se först på listan; sedan tillfrågas en andra person. Varje enhet används en gång, och varje åtgärd hålls som vanligt.
campaign-what = Vad och när
campaign-name = Namn
campaign-act = Åtgärd
campaign-act-erase = Radera
campaign-act-retire = Avsluta hanteringen
campaign-used = Använda enheter
campaign-starts = Från
campaign-ends = Till
campaign-ends-hint = Den sista dagen räknas; högst ett år.
campaign-serials = Serienummer
campaign-serials-hint = Ett per rad, högst 10 000. Personliga enheter raderas aldrig.
campaign-look = Se på listan
campaign-ask = Fråga en andra person
campaign-confirm = Skriv { $a } för att bekräfta
campaign-confirm-wrong = Detta är inte antalet enheter.
campaign-found = { $n ->
    [one] Listan nämner 1 enhet.
   *[other] Listan nämner { $n } enheter.
}
campaign-unknown = Dessa serienummer hör inte till någon enhet som du når:
campaign-refused = Dessa enheter kan inte vara med:
campaign-why-personal = en personlig enhet raderas aldrig
campaign-why-not-enrolled = den är inte registrerad
campaign-list-wrong = Ange namn, skäl och 1 till 10 000 enheter.
campaign-dates-wrong = En kampanj slutar efter att den börjat, i framtiden, och varar högst ett år.
campaign-how = Radera eller avsluta dess enheter som vanligt mellan datumen: ingen behöver godkänna igen.
campaign-open = Ännu inte
campaign-end = Avsluta kampanjen
campaign-active = Överenskommen
campaign-ended = Avslutad
campaign-stopped = Stoppad
message-approved = Godkänt.
message-declined = Avslaget; det som väntade är tillbakadraget.
message-asked-second = Det väntar på en andra person
message-asked-second-text = De har 24 timmar; sedan förfaller det.
message-stopped = Allt förstörande är stoppat
message-stopped-text = Inget nytt börjar förrän två personer avslutar frysningen.
approval-title-push = Ett annat push-certifikat: { $a }
approval-push-topic = Dess ämne
approval-push-on-record = Nuvarande ämne
approval-push-serial = Dess serienummer
approval-push-until = Giltigt till
approval-more-push = Öppna push-certifikatet
approval-title-account = Administratör { $name }: { $what }
approval-account-create = nytt konto
approval-account-change = andra rättigheter
approval-account-enable = aktivera igen
approval-account-disable = inaktivera
approval-account-reset = ett nytt sätt att logga in
approval-title-role = Roll: { $a }
approval-account-mail = E-postadress
approval-account-role = Roll
approval-role-rights = Antal rättigheter
many-pick = Välj { $a }
many-erase-title = { $n ->
    [one] Radera 1 enhet?
   *[other] Radera { $n } enheter?
}
many-retire-title = { $n ->
    [one] Avsluta hanteringen av 1 enhet?
   *[other] Avsluta hanteringen av { $n } enheter?
}
many-lock-title = { $n ->
    [one] Låsa 1 enhet?
   *[other] Låsa { $n } enheter?
}
many-intro = Detta kan inte ångras när en enhet har hämtat kommandot.
many-lock-intro = De låses genast och öppnas igen med sina lösenkoder. En Mac startar om och är låst tills en PIN-kod skrivs in på den.
many-can = Går det
many-can-yes = Ja
many-confirm = Bekräfta
many-lost-all = Allt som finns lagrat på dessa enheter
many-lost-unsaved = Osparat arbete på Mac-datorer
many-stays-data = Allt som finns lagrat på dessa enheter
many-stays-pin = PIN-koden för varje Mac, bland hemligheterna på dess sida
many-refused = Några av enheterna kan inte detta, så inget kan skickas. Gå tillbaka och utelämna dem.
many-typed-wrong = Detta är inte antalet enheter.
many-changed = Detta är inte de enheter som sidan visade. Se på listan igen.
many-next-asked = En andra person tillfrågas.
many-submit-ask = Fråga en andra person
many-submit-erase = { $n ->
    [one] Radera 1 enhet
   *[other] Radera { $n } enheter
}
many-submit-retire = { $n ->
    [one] Avsluta hanteringen av 1 enhet
   *[other] Avsluta hanteringen av { $n } enheter
}
many-submit-lock = { $n ->
    [one] Lås 1 enhet
   *[other] Lås { $n } enheter
}
