# whom we take mail for
ours.test
  WWW.Ours.Test   the web
