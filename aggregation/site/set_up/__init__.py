"""What an office is made of: units, services, desks, questionnaire, colour, posters."""
