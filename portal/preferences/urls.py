"""The addresses of a person's own pages."""

from django.urls import path

from portal.preferences import views

app_name = "preferences"
urlpatterns = [
    path("<str:token>", views.page, name="page"),
    path("<str:token>/unsubscribe", views.unsubscribe, name="unsubscribe"),
]
