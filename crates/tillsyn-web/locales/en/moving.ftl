permission-enrollments-move = Move enrollments in and out
