permission-enrollments-move = Move enrollments in and out
activity-move-in = Moved in from another server:
activity-first-contact = First contact after the move:
activity-proven = The move is complete of
activity-frozen = Two certificates claim, so nothing is sent to
activity-import = moved enrollments in
activity-export = exported enrollments
