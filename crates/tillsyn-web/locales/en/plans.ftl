activity-assignment-made = assigned a profile:
activity-assignment-changed = changed an assignment of
activity-assignment-removed = took away an assignment of
activity-plan-made = planned a change:
activity-plan-asked = asked a second person to confirm a plan
activity-plan-applied = carried out a plan
activity-plan-cancelled = withdrew a plan
activity-plan-overtaken = a plan was overtaken by another change
