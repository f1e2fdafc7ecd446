# Listor: kolumner, filter, filer.
model = Modell
enrolled-at = Registrerad
export-csv = Exportera CSV
density-compact = Låga rader
columns-choose = Välj kolumner
columns-hint = Enheten själv står alltid först.
columns-show = Visa dessa
columns-usual = De vanliga kolumnerna
column-earlier = Tidigare
filter-more = Med antal, versioner och modeller
filters-title = Begränsa listan
filters-intro = Varje tal säger hur många enheter som har värdet och passerar de andra filtren.
filter-seen-hours = { $n ->
    [one] inom 1 timme
   *[other] inom { $n } timmar
}
filter-seen-days = { $n ->
    [one] inom 1 dag
   *[other] inom { $n } dagar
}
filter-seen-over = { $n ->
    [one] inte på mer än 1 dag
   *[other] inte på mer än { $n } dagar
}
activity-list-export = tog ut en lista som fil
activity-view-made = sparade en vy av enheter
activity-view-changed = ändrade en sparad vy av enheter
activity-view-removed = tog bort en sparad vy av enheter
request-type = Typ
asked-at = Begärt
views-title = Sparade vyer
views-intro = En vy är den här listan med filter, ordning och kolumner, under ett namn.
views-all = Dina och de som delas med dig
views-none = Ingen vy är sparad än.
views-many = Du har så många vyer som kan sparas. Ta bort en först.
view-team = Delad
view-begins = Din lista börjar här
view-begin = Börja min lista med den
view-begin-all = Börja med alla enheter igen
view-change = Ändra
view-keep = Spara ändringarna
view-save = Spara vy
view-save-title = Spara en vy
view-save-how = Begränsa listan över enheter och spara den sedan.
view-save-what = Listan du kom från
view-query-long = Listan har för många filter för att kunna sparas.
view-audience = Vem ser den
view-audience-me = Jag
view-audience-team = Alla i min organisationsenhet och nedanför
bulk-title = Valda enheter
bulk-none = Inget är valt än. Kryssa för enheter; ”Välj de förkryssade” behåller dem när du bläddrar och filtrerar.
bulk-not-kept = Valet kunde inte sparas. Tryck på ”Välj de förkryssade” för att försöka igen.
bulk-chosen = { $n ->
    [one] 1 enhet vald
   *[other] { $n } enheter valda
}
bulk-all = { $n ->
    [one] Välj den enda enheten
   *[other] Välj alla { $n }
}
bulk-too-many = Högst { $n } kan väljas. Begränsa listan för att välja alla.
bulk-keep = Välj de förkryssade
bulk-clear = Rensa
bulk-platform = { $n } { $platform }
bulk-corporate = alla organisationens
bulk-personal = alla privata
bulk-some-personal = { $n } privata
bulk-seen = { $n } sedda den senaste timmen
bulk-cannot-erase = { $n } av { $all } kan inte raderas. { $why }
bulk-cannot-retire = Hanteringen av { $n } av { $all } kan inte avslutas. { $why }
bulk-cannot-lock = { $n } av { $all } kan inte låsas. { $why }
many-more = { $n ->
    [one] 1 till visas inte.
   *[other] { $n } till visas inte.
}
many-leave-out = Utelämna dessa
many-leave-out-text = Gå vidare utan dem som inte kan.
message-selection-full = Ett urval rymmer högst 1 000 enheter. Inget valdes.
message-asked-several = De ombeds berätta hur de mår. De som inte kan svara utelämnas
message-none-can = Ingen av de valda enheterna kan svara
message-withdrawn-several = Återtagna. Ingen enhet får dem
causes-title = Vad som väntar, efter orsak
causes-region = Orsaker, rullar i sidled
causes-failed = Misslyckades inom 24 timmar
causes-withdraw = Återta…
causes-withdraw-title = { $n ->
    [one] Återta 1 kommando?
   *[other] Återta { $n } kommandon?
}
causes-withdraw-what = Vad som återtas
causes-withdraw-then = Ingen enhet får dem. Det som en enhet hämtar under tiden fortsätter. Kommandon som begärs från och med nu berörs inte.
causes-withdraw-most = Ett tryck återtar { $n }; tryck igen för de andra.
causes-withdraw-none = Inget väntar på detta längre.
cause-oldest = Äldst
cause-devices = { $n ->
    [one] 1 enhet
   *[other] { $n } enheter
}
cause-hold = I sin väntetid. De går av sig själva när den är slut.
cause-unreachable = Enheten kan inte nås: dess push-token är död. Det går när enheten hör av sig själv.
cause-silent = Enheten är tyst fast push-meddelanden tas emot: troligen avstängd eller utan nätverk.
around-title = I listan
around-previous = Föregående enhet i listan
around-next = Nästa enhet i listan
job-words = { $done } av { $all } klara{ $failed ->
    [0] {""}
   *[other] , varav { $failed } misslyckades
}
job-speed = { $n } de senaste tio minuterna
job-stop = Återta det som väntar…
job-stop-leaves = Det som enheter redan har hämtat fortsätter, och det som de har gjort står kvar.
job-withdraw = Allt i denna åtgärd som ingen enhet har hämtat än.
job-part-of = Del av en åtgärd på
