"""The addresses of the preference centre. The visit's token is in the address: no cookie is set or read."""

from django.urls import path

from portal.preferences.centre import views

app_name = "centre"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("open/<str:token>", views.open_link, name="open"),
    path("<str:token>/", views.brands, name="brands"),
    path("<str:token>/end", views.end, name="end"),
    path("<str:token>/<slug:slug>/", views.brand_page, name="brand"),
    path("<str:token>/<slug:slug>/copy.json", views.copy, name="copy"),
]
