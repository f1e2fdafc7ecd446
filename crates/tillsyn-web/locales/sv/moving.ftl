permission-enrollments-move = Flytta enheters registrering in och ut
