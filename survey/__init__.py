"""The record: units, desks, the questionnaire, responses, and the pages a QR code opens."""
