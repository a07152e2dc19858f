"""Addresses of accounts."""

from django.urls import path

from linli.accounts import views

urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("password/", views.password_page, name="password"),
    path("logout/", views.logout_now, name="logout"),
]
