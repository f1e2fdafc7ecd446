profile-name = Hantering av { $a }
profile-description = { $a } hanterar enheten: skickar inställningar och appar för arbetet, ser modell, system och säkerhetsläge och kan låsa den. Du kan ta bort profilen i Inställningar.
