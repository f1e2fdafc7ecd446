permission-enrollments-move = Flytta enheters registrering in och ut
activity-move-in = Flyttad hit från en annan server:
activity-first-contact = Första kontakten efter flytten:
activity-proven = Flytten är klar för
activity-frozen = Två certifikat gör anspråk, så inget skickas till
activity-import = flyttade registreringar hit
activity-export = exporterade registreringar
