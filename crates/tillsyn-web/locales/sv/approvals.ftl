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
