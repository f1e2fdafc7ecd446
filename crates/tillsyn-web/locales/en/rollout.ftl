rollout-items = Profiles it is to have
rollout-items-sub = Desired, delivered, confirmed
rollout-items-none = No profile is assigned to this device.
rollout-items-region = Profiles the device is to have, scrolls sideways
rollout-check-now = Check now
rollout-desired = Desired
rollout-delivered = Delivered
rollout-confirmed = Confirmed
rollout-why = Why
rollout-why-none = Nothing brings it here any more
rollout-why-group = Group
rollout-why-person = Group of its person
rollout-why-unit = Org unit
rollout-why-device = Assigned to it directly
rollout-why-above = Assigned from above your unit
rollout-next = Next attempt
rollout-not-yet = Not yet
rollout-absent = Not at all
rollout-version = Version { $a }
rollout-fixed = fixed at version { $a }
rollout-drifts = { $n ->
    [one] The device changed it by itself { $n } time, last
   *[other] The device changed it by itself { $n } times, last
}
rollout-foreign = Other profiles on the device
rollout-foreign-none = Nothing else is on the device.
rollout-foreign-user = On a user’s channel
message-profiles-checked = The device is asked for its profiles
message-tried-again = The refused devices are tried again
message-comment-saved = The comment is kept
message-older-taken = The older version is the draft now. Look at what it does before you roll it out.
nav-plans = Plans
plans-intro = Every change of what devices have is a plan first: its exact effect, then applied or not.
plans-none = Nothing has been planned yet.
plans-pending = To be applied
plans-region = Plans, scrolls sideways
plan-what = What changes
plan-devices = Devices
plan-devices-none = No device of this kind.
plan-devices-region = Devices of the plan, scrolls sideways
plan-status-open = Planned
plan-status-waiting = Waits for a second person
plan-status-applied = Applied
plan-status-overtaken = Overtaken
plan-status-cancelled = Withdrawn
plan-status-expired = Lapsed
plan-publish = Publish the draft of { $a }
plan-assign = Assign { $a }
plan-change-assignment = Change an assignment of { $a }
plan-unassign = Take away an assignment of { $a }
plan-archive = Take { $a } out of use
plan-restore = Take { $a } back into use
plan-members = Change who is in { $a }
plan-members-add = Come in
plan-members-remove = Go out
plan-delete-group = Remove the group { $a }
plan-move-devices = { $n ->
    [one] Move { $n } device to { $unit }
   *[other] Move { $n } devices to { $unit }
}
plan-set-person = Change whose device { $a } is
plan-move-unit = Move the org unit { $a }
plan-other = Another change
plan-gone = something that is gone
plan-comment = Comment
plan-to = To
plan-except = Except
plan-channel = Channel
plan-channel-device = Device
plan-channel-users = Its users
plan-version = Version
plan-version-newest = the newest
plan-targets-more = { $n ->
    [one] and { $n } more
   *[other] and { $n } more
}
plan-looked-at = { $n ->
    [one] { $n } device was looked at
   *[other] { $n } devices were looked at
}
plan-warn-removes = { $n ->
    [one] A profile is removed from { $n } device.
   *[other] A profile is removed from { $n } devices.
}
plan-about = What it is about
plan-follow = Follow how it goes
plan-newer = To the new plan
plan-asked = Second person asked for by
plan-applied = Applied by
plan-lapses = Lapses
plan-waits = Somebody else who may do this has to confirm it.
plan-apply-title = Carry it out
plan-apply-text = The effect is computed again. If it is another one by now, nothing is done and you see the new plan.
plan-second = It takes profiles from many devices: a second person confirms it before anything happens.
plan-apply = Apply
plan-ask = Ask for a second person
plan-cancel = Withdraw the plan
plan-confirm-label = { $n ->
    [one] Type the number of devices that lose a profile: { $n }
   *[other] Type the number of devices that lose a profile: { $n }
}
plan-confirm-wrong = This is not the number
plan-problem-overtaken = Devices or configuration changed since this plan was made. Nothing was done.
plan-problem-impossible = Devices or configuration changed since this plan was made, and it cannot be done any more. Nothing was done.
plan-problem-over = This plan is over. Nothing was done.
plan-problem-second = Nobody confirms what they asked for themselves. Somebody else has to.
plan-problem-new = Accounts and rights newer than a day cannot confirm for somebody else.
profile-tab-assignments = Assignments
profile-tab-devices = Devices
profile-tab-versions = Versions
assign-title = Assignment { $a }
assign-none = Nobody has this profile yet. Find a group, an org unit or a device to assign it to.
assign-unpublished = This profile has no version yet. Roll its draft out first, then assign it.
assign-outside = outside what you may see
assign-devices = { $n ->
    [one] { $n } device
   *[other] { $n } devices
}
assign-change = Change
assign-more = Add to this assignment
assign-remove = Take the assignment away
assign-new = Assign
assign-find = Group, org unit or device
assign-found = Found
assign-include = Assign to what is chosen
assign-exclude = Leave out what is chosen
assign-plan-first = You see exactly what happens before anything does.
assign-problem-missing = Choose at least one group, org unit or device.
assign-problem-many = An assignment has at most 1,000 targets.
assign-problem-twice = One of these is in the assignment already.
assign-problem-version = There is no such version.
assign-problem-same = This changes nothing: it is so already.
assign-problem-gone = Something of this is gone. Nothing was planned.
rollout-again = Try again where it was refused
rollout-devices-none = No device has this profile or is to have it.
rollout-devices-region = Devices of the profile, scrolls sideways
history-none = Nothing has been published yet.
history-region = Versions, scrolls sideways
history-payloads = Payloads
history-by = Published by
history-newest = newest
history-back = Take it as the draft
history-comment = Comment on the draft
history-comment-label = What the next version changes
history-compare = Compare
history-from = From
history-to = To
plan-refusals = What devices refuse
plan-ignored = What devices ignore
plan-conflicts = Profiles in each other’s way
history-discards = { $n ->
    [one] Taking an older version as the draft throws away the draft that { $who } saved { $when }, with { $n } change.
   *[other] Taking an older version as the draft throws away the draft that { $who } saved { $when }, with { $n } changes.
}
assign-problem-outside = Something chosen lies outside the unit of this profile. Nothing was planned.
assign-problem-unknown = Something chosen is not there any more. Nothing was planned.
assign-within = A profile of { $a } goes to what belongs to this unit or lies below it.
