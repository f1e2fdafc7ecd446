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
