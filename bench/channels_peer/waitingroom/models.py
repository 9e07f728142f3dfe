from django.db import models


class Doctor(models.Model):
    name = models.CharField(max_length=100)


class Patient(models.Model):
    name = models.CharField(max_length=100)


class WaitingRoomEntry(models.Model):
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="waiting_patients")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    status = models.CharField(max_length=50, default="Waiting")
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("arrived_at",)
