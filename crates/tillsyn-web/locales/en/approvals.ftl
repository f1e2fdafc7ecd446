# What the guard recorded; the person's name stands before it.
activity-guard-budget = Budget of erases and retires reached; held for a second person
activity-guard-change = Changed the guard's figures
activity-guard-stop = Stopped everything destructive
activity-guard-withdraw = Withdrew destructive commands after a stop
activity-guard-unfreeze = Ended a freeze
activity-approval-asked = Asked for a second person
activity-approval-approved = Approved somebody's request
activity-approval-declined = Declined somebody's request
activity-approval-cancelled = Took a request back
activity-approval-lapsed = A request lapsed unanswered
activity-approval-overtaken = A request was overtaken by changes
activity-campaign-asked = Asked for a campaign
activity-campaign-begun = Approved a campaign
activity-campaign-ended = A campaign ended

# Pages of what waits for a second person, campaigns and the guard.
nav-approvals = Approvals
nav-campaigns = Campaigns
nav-guard = Guard
approvals-intro = What one person may not do alone waits here for a second one, for 24 hours.
approvals-waiting = Waiting
approvals-none = Nothing waits for a second person.
approvals-decided = Decided
approvals-decided-none = Nothing has been decided yet.
approval-what = Request
approval-why = Why two
approval-own = Yours
approval-decided-by = Decided by
approval-decided-reason = Their reason
approval-by-server = The server’s own shell
approval-title-commands = { $n ->
    [one] { $what }: 1 device
   *[other] { $what }: { $n } devices
}
approval-title-plan = A plan that takes profiles away
approval-title-campaign = { $n ->
    [one] Campaign “{ $name }”: { $what }, 1 device
   *[other] Campaign “{ $name }”: { $what }, { $n } devices
}
approval-title-guard = Looser figures of the guard
approval-title-unfreeze = End of the freeze of { $a }
approval-cause-many = More devices than one person decides on
approval-cause-budget = The budget of erases and retirements is used up
approval-cause-new = The account or its rights are newer than a day
approval-cause-rule = A change of this kind always takes two
approval-cannot-own = You asked for this yourself; somebody else decides.
approval-cannot-new = Accounts and rights newer than a day cannot decide for somebody else.
approval-cannot-hand = Less than seven days ago one of you opened an account with a link that the other, or the same third person, had made. Somebody else decides.
approval-cannot-platform = This concerns more than the platform that you look after.
approval-cannot-permission = Whoever decides needs the right to approve and the right to the act itself.
approval-moved-gone = Not among the targets any more
approval-moved-added = Was not among the targets
approval-moved-enrollment = Enrolled anew
approval-moved-person = Somebody else has it now
approval-moved-ownership = Other ownership
approval-moved-status = Now: { $a }
approval-moved-seen = Checked in { $a }
approval-removes-from = Takes profiles from
approval-more-plan = Open the plan
approval-more-campaign = Open the campaign
approval-more-guard = Open the guard
approval-unnamed = { $n ->
    [one] 1 more device, unchanged.
   *[other] { $n } more devices.
}
approval-overtaken-note = The devices are not those that were asked for any more. This cannot be approved; it must be asked again.
approval-over-budget = This is more than the budget of erases and retirements has room for.
approval-devices = Devices
approval-ownership = Ownership
approval-changed = Since then
approval-unchanged = Unchanged
approval-seen = What the asker saw
approval-unit = Unit
approval-decide = Decide
approval-decide-text = Whoever approves makes it happen and answers for it. What cannot be undone is then held for some minutes more. To decline, say why.
approval-approve = Approve
approval-decline = Decline
approval-take-back = Take the request back
approval-reason-missing = Say why; whoever asked will read it.
approval-problem-overtaken = Devices changed since it was asked for. Nothing was done; it must be asked again.
approval-problem-over = Somebody has decided on this already, or it lapsed.
approval-problem-frozen = Everything destructive is frozen. Nothing of the kind begins until two people end that.
guard-of = { $used } of { $limit }
guard-settings-intro = How much may be erased or retired, how long it waits, and when it takes two.
guard-figures = Figures
guard-hold-minutes = Minutes that an erase or a retirement is held
guard-hold-minutes-hint = 0 to 10. In that time anyone with the right can withdraw it.
guard-second-from = Devices from which a second person is needed
guard-second-from-hint = 1 to 6; with 1 every erase and retirement takes two.
guard-day-floor = Erases and retirements in 24 hours, at least
guard-day-floor-hint = For small fleets; the share below counts where it is more.
guard-day-percent = Erases and retirements in 24 hours, percent of the fleet
guard-day-percent-hint = 0 to 100. One person has half of it.
guard-short-limit = Erases and retirements in 20 minutes
guard-short-limit-hint = One person has half of it.
guard-units = Stricter in a unit
guard-units-intro = For a unit and everything below it. Leave a figure empty to have it as above the unit; only what is stricter counts.
guard-units-save = Save for the unit
guard-loosen = Tightening takes effect at once. Loosening any figure takes a second person.
guard-save = Save
guard-reason-missing = Say why; the second person will read it.
guard-figure-wrong = This figure is outside of its bounds.
guard-waits-already = A change of this kind waits for a second person already.
guard-budget-title = Erases and retirements used
guard-budget-day = Organisation, 24 hours
guard-budget-short = Organisation, 20 minutes
guard-budget-own-day = You, 24 hours
guard-budget-own-short = You, 20 minutes
freeze-title = Frozen: { $a }
freeze-by = Stopped by
freeze-at = Since
freeze-text = No erase, retirement, lock or other destructive act begins here. Ending the freeze takes a second person.
freeze-end = Ask to end the freeze
freeze-banner = Everything destructive is frozen in { $unit }, by { $who }, { $when }.
freeze-banner-above = Everything destructive is frozen in your part of the organisation, from above it, { $when }.
freeze-above = Frozen from above
freeze-above-text = No erase, retirement, lock or other destructive act begins in your part of the organisation. Somebody who manages more of it has to end the freeze.
freeze-banner-link = Open the guard
stop-everything = Stop everything
stop-withdraws = Withdraws every erase, retirement, lock and other destructive command that no device has fetched yet.
stop-cancels = Cancels what waits for a second person and ends campaigns.
stop-freezes = Freezes new destructive acts until two people end that.
stop-delivered = What a device has fetched already cannot be stopped.
campaigns-intro = Many erases or retirements that two people agree on beforehand: a fixed list and two dates.
campaigns-none = There are no campaigns.
campaign-new = New campaign
campaign-new-intro = First look at the list; then a second person is asked. Each device is used once, and every act still takes its hold.
campaign-what = What and when
campaign-name = Name
campaign-act = Act
campaign-act-erase = Erase
campaign-act-retire = Retire
campaign-used = Devices used
campaign-starts = From
campaign-ends = Until
campaign-ends-hint = The last day counts; at most a year.
campaign-serials = Serial numbers
campaign-serials-hint = One on each line, up to 10,000. Personal devices are never erased.
campaign-look = Look at the list
campaign-ask = Ask a second person
campaign-confirm = Type { $a } to confirm
campaign-confirm-wrong = This is not the number of devices.
campaign-found = { $n ->
    [one] The list names 1 device.
   *[other] The list names { $n } devices.
}
campaign-unknown = These serial numbers name no device that you reach:
campaign-refused = These devices cannot be in it:
campaign-why-personal = a personal device is never erased
campaign-why-not-enrolled = it is not enrolled
campaign-list-wrong = Give a name, a reason and 1 to 10,000 devices.
campaign-dates-wrong = A campaign ends after it begins, in the future, and lasts a year at most.
campaign-how = Erase or retire its devices as usual, between its dates: nobody else has to agree again.
campaign-open = Not yet
campaign-end = End the campaign
campaign-active = Agreed on
campaign-ended = Ended
campaign-stopped = Stopped
message-approved = Approved.
message-declined = Declined; what waited is withdrawn.
message-asked-second = It waits for a second person
message-asked-second-text = They have 24 hours; then it lapses.
message-stopped = Everything destructive is stopped
message-stopped-text = Nothing new begins until two people end the freeze.
approval-title-push = Another push certificate: { $a }
approval-push-topic = Its topic
approval-push-on-record = Topic on record
approval-push-serial = Its serial number
approval-push-until = Valid until
approval-more-push = Open the push certificate
approval-title-account = Administrator { $name }: { $what }
approval-account-create = new account
approval-account-change = other rights
approval-account-enable = enable again
approval-account-disable = disable
approval-account-reset = a new way to sign in
approval-title-role = Role: { $a }
approval-account-mail = Mail address
approval-account-role = Role
approval-role-rights = Number of permissions
many-pick = Choose { $a }
many-erase-title = { $n ->
    [one] Erase 1 device?
   *[other] Erase { $n } devices?
}
many-retire-title = { $n ->
    [one] Retire 1 device?
   *[other] Retire { $n } devices?
}
many-lock-title = { $n ->
    [one] Lock 1 device?
   *[other] Lock { $n } devices?
}
many-intro = This cannot be undone once a device has fetched the command.
many-lock-intro = They lock at once and open again with their passcodes. A Mac restarts and stays locked until a PIN is typed on it.
many-can = Can it
many-can-yes = Yes
many-confirm = Confirm
many-lost-all = Everything stored on these devices
many-lost-unsaved = Unsaved work on Macs
many-stays-data = Everything stored on these devices
many-stays-pin = The PIN of each Mac, among the secrets on its page
many-refused = Some of these devices cannot do this, so nothing can be sent. Go back and leave them out.
many-typed-wrong = This is not the number of devices.
many-changed = These are not the devices that this page showed. Look at the list again.
many-next-asked = A second person is asked.
many-submit-ask = Ask a second person
many-submit-erase = { $n ->
    [one] Erase 1 device
   *[other] Erase { $n } devices
}
many-submit-retire = { $n ->
    [one] Retire 1 device
   *[other] Retire { $n } devices
}
many-submit-lock = { $n ->
    [one] Lock 1 device
   *[other] Lock { $n } devices
}
