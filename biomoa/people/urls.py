"""Addresses of the pages of people. Sign-in, sign-up and passwords are allauth's, under the same ``account/``."""

from django.urls import path

from biomoa.people import pages

urlpatterns = [
    path("account/", pages.account, name="account"),
    path("account/signup/", pages.sign_up, name="account_signup"),
    path("account/profile/", pages.change_profile, name="change_profile"),
    path("account/groups/", pages.create_group, name="create_group"),
    path("account/tokens/", pages.create_token, name="create_token"),
    path("account/tokens/<int:token_id>/revoke/", pages.revoke_token, name="revoke_token"),
    path("account/sessions/", pages.list_sessions, name="usersessions_list"),
    path("account/sessions/<int:session_id>/end/", pages.end_session, name="end_session"),
    path("account/demo/<slug:role>/", pages.enter_demonstration, name="enter_demonstration"),
    path("groups/<slug:code>/", pages.group, name="group"),
    path("groups/<slug:code>/name/", pages.rename_group, name="rename_group"),
    path("groups/<slug:code>/invite/", pages.invite, name="invite"),
    path(
        "groups/<slug:code>/invitations/<int:invitation_id>/withdraw/",
        pages.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("groups/<slug:code>/members/<int:user_id>/", pages.change_member, name="change_member"),
    path("invitations/<str:secret>/", pages.invitation, name="invitation"),
]
