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
