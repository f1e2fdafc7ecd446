rollout-items = Profiler den ska ha
rollout-items-sub = Önskat, levererat, bekräftat
rollout-items-none = Ingen profil är tilldelad enheten.
rollout-items-region = Profiler enheten ska ha, rullar i sidled
rollout-check-now = Kontrollera nu
rollout-desired = Önskat
rollout-delivered = Levererat
rollout-confirmed = Bekräftat
rollout-why = Varför
rollout-why-none = Inget för den hit längre
rollout-why-group = Grupp
rollout-why-person = Grupp som personen är med i
rollout-why-unit = Organisationsenhet
rollout-why-device = Tilldelad direkt
rollout-why-above = Tilldelad ovanför din enhet
rollout-next = Nästa försök
rollout-not-yet = Inte än
rollout-absent = Inte alls
rollout-version = Version { $a }
rollout-fixed = fast vid version { $a }
rollout-drifts = { $n ->
    [one] Enheten har själv ändrat den { $n } gång, senast
   *[other] Enheten har själv ändrat den { $n } gånger, senast
}
rollout-foreign = Andra profiler på enheten
rollout-foreign-none = Inget annat finns på enheten.
rollout-foreign-user = På en användares kanal
message-profiles-checked = Enheten tillfrågas om sina profiler
message-tried-again = Enheterna som vägrade får försöka igen
message-comment-saved = Kommentaren är sparad
message-older-taken = Den äldre versionen är nu utkast. Se vad den gör innan du rullar ut den.
nav-plans = Planer
plans-intro = Varje ändring av vad enheter har är först en plan: dess exakta verkan, sedan utförd eller inte.
plans-none = Inget har planerats än.
plans-pending = Att utföra
plans-region = Planer, rullar i sidled
plan-what = Vad som ändras
plan-devices = Enheter
plan-devices-none = Ingen enhet av det slaget.
plan-devices-region = Planens enheter, rullar i sidled
plan-status-open = Planerad
plan-status-waiting = Väntar på en andra person
plan-status-applied = Utförd
plan-status-overtaken = Överspelad
plan-status-cancelled = Återtagen
plan-status-expired = Förfallen
plan-publish = Publicera utkastet till { $a }
plan-assign = Tilldela { $a }
plan-change-assignment = Ändra en tilldelning av { $a }
plan-unassign = Ta bort en tilldelning av { $a }
plan-archive = Ta { $a } ur bruk
plan-restore = Ta { $a } i bruk igen
plan-members = Ändra vilka som är med i { $a }
plan-members-add = Kommer in
plan-members-remove = Går ut
plan-delete-group = Ta bort gruppen { $a }
plan-move-devices = { $n ->
    [one] Flytta { $n } enhet till { $unit }
   *[other] Flytta { $n } enheter till { $unit }
}
plan-set-person = Ändra vems enheten { $a } är
plan-move-unit = Flytta organisationsenheten { $a }
plan-other = En annan ändring
plan-gone = något som är borta
plan-comment = Kommentar
plan-to = Till
plan-except = Utom
plan-channel = Kanal
plan-channel-device = Enheten
plan-channel-users = Dess användare
plan-version = Version
plan-version-newest = den senaste
plan-targets-more = { $n ->
    [one] och { $n } till
   *[other] och { $n } till
}
plan-looked-at = { $n ->
    [one] { $n } enhet har granskats
   *[other] { $n } enheter har granskats
}
plan-warn-removes = { $n ->
    [one] En profil tas bort från { $n } enhet.
   *[other] En profil tas bort från { $n } enheter.
}
plan-about = Vad den gäller
plan-follow = Följ hur det går
plan-newer = Till den nya planen
plan-asked = Andra person begärd av
plan-applied = Utförd av
plan-lapses = Förfaller
plan-waits = Någon annan som får göra detta måste bekräfta det.
plan-apply-title = Utför den
plan-apply-text = Verkan räknas ut igen. Är den en annan nu händer inget, och du får se den nya planen.
plan-second = Den tar profiler från många enheter: en andra person bekräftar innan något händer.
plan-apply = Utför
plan-ask = Be om en andra person
plan-cancel = Ta tillbaka planen
plan-confirm-label = { $n ->
    [one] Skriv antalet enheter som mister en profil: { $n }
   *[other] Skriv antalet enheter som mister en profil: { $n }
}
plan-confirm-wrong = Det är inte antalet
plan-problem-overtaken = Enheter eller konfiguration har ändrats sedan planen gjordes. Inget har hänt.
plan-problem-impossible = Enheter eller konfiguration har ändrats sedan planen gjordes, och den går inte att utföra längre. Inget har hänt.
plan-problem-over = Planen är över. Inget har hänt.
plan-problem-second = Ingen bekräftar det som de själva har bett om. Någon annan måste göra det.
plan-problem-new = Konton och rättigheter yngre än ett dygn kan inte bekräfta åt någon annan.
profile-tab-assignments = Tilldelningar
profile-tab-devices = Enheter
profile-tab-versions = Versioner
assign-title = Tilldelning { $a }
assign-none = Ingen har den här profilen än. Sök en grupp, en organisationsenhet eller en enhet att tilldela den.
assign-unpublished = Profilen har ingen version än. Rulla ut utkastet först och tilldela sedan.
assign-outside = utanför det du får se
assign-devices = { $n ->
    [one] { $n } enhet
   *[other] { $n } enheter
}
assign-change = Ändra
assign-more = Lägg till i tilldelningen
assign-remove = Ta bort tilldelningen
assign-new = Tilldela
assign-find = Grupp, organisationsenhet eller enhet
assign-found = Hittat
assign-include = Tilldela det valda
assign-exclude = Undanta det valda
assign-plan-first = Du ser exakt vad som händer innan något gör det.
assign-problem-missing = Välj minst en grupp, organisationsenhet eller enhet.
assign-problem-many = En tilldelning har högst 1 000 mål.
assign-problem-twice = Något av detta finns redan i tilldelningen.
assign-problem-version = Den versionen finns inte.
assign-problem-same = Detta ändrar inget: så är det redan.
assign-problem-gone = Något av detta är borta. Inget har planerats.
rollout-again = Försök igen där den vägrades
rollout-devices-none = Ingen enhet har profilen eller ska ha den.
rollout-devices-region = Profilens enheter, rullar i sidled
history-none = Inget har publicerats än.
history-region = Versioner, rullar i sidled
history-payloads = Delar
history-by = Publicerad av
history-newest = senaste
history-back = Ta den som utkast
history-comment = Kommentar till utkastet
history-comment-label = Vad nästa version ändrar
history-compare = Jämför
history-from = Från
history-to = Till
plan-refusals = Vad enheter vägrar
plan-ignored = Vad enheter bortser från
plan-conflicts = Profiler som kolliderar
history-discards = { $n ->
    [one] Tar du en äldre version som utkast kastas utkastet som { $who } sparade { $when }, med { $n } ändring.
   *[other] Tar du en äldre version som utkast kastas utkastet som { $who } sparade { $when }, med { $n } ändringar.
}
assign-problem-outside = Något av det valda ligger utanför profilens enhet. Inget planerades.
assign-problem-unknown = Något av det valda finns inte längre. Inget planerades.
assign-within = En profil i { $a } kan bara ges till det som hör till den enheten eller ligger under den.
