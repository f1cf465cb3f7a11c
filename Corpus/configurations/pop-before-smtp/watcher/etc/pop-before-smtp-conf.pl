# pop-before-smtp-conf.pl
use vars qw( $pat $grace );
$grace = 6*60*60;   # the users asked for it
$dbfile = '/etc/mail/popauth';
=cut #---- Postfix ----START-
$grace = 5;
=cut #---- Postfix ----END-
$pat = '(... .. ..:..:..) \S+ popper\[\d+\]: POP login by user "[^"]+" at ' .
    '\([^)]+\) (\d+\.\d+\.\d+\.\d+)';
$file_tail{'name'} = '/var/log/maillog';
