permission-enrollments-move = 登録の移行（取り込みと書き出し）
