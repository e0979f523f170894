#!/usr/bin/perl
# Runs Perl programs for those that stand in for them while steps run: each in a process that is forked from this one, which has
# loaded what they need. See client.pl. What stands between @ is filled in.
package plc::prefork;
use strict;
use POSIX ();

my $recvmsg = @RECVMSG@;

# Nobody is to wait for this process: what it was given is let go of.
my $listening = shift(@ARGV);
POSIX::close($_) foreach grep { $_ > 2 && $_ != $listening } given();
chdir("/");
my $circumstances = circumstances();
my $locale = locale(%ENV);

# What is not there was not needed.
foreach my $module (qw(@MODULES@)) {
	eval "require $module";
}

open(my $listener, "+<&=", $listening) or exit(1);
while (1) {
	accept(my $client, $listener) or next;
	# Those that have ended meanwhile have told their clients.
	1 while waitpid(-1, POSIX::WNOHANG()) > 0;
	my $child = fork();
	if (defined($child) && $child == 0) {
		close($listener);
		my $run = request($client);
		if ($run) {
			close($client);
			prepare($run);
			run($run->{program});
		}
		POSIX::_exit(0);
	}
}

# Reads a request. In the process that is to run the program, it is the result; the other one waits, and tells.
sub request {
	my ($client) = @_;
	my @numbers = receive($client) or return undef;
	my $length = unpack("N", all($client, 4));
	my ($of, $name, $program, $count, @more) = unpack("(N/a*)*", all($client, $length));
	my @arguments = splice(@more, 0, $count);
	my @given = splice(@more, 0, 1 + $more[0]);
	shift(@given);
	return undef if $of ne $circumstances || locale(@more) ne $locale || @numbers != 1 + @given;
	my $child = fork();
	return undef if !defined($child);
	return { numbers => \@numbers, given => \@given, name => $name, program => $program, arguments => \@arguments, environment => \@more }
		if $child == 0;
	POSIX::close($_) foreach @numbers;
	syswrite($client, "y");
	waitpid($child, 0);
	syswrite($client, pack("N", $?));
	return undef;
}

# Takes on what the client has been given.
sub prepare {
	my ($run) = @_;
	my ($directory, @files) = moved(@{$run->{numbers}});
	chdir("/proc/self/fd/$directory") or POSIX::_exit(255);
	POSIX::close($directory);
	POSIX::close($_) foreach 0, 1, 2;
	foreach my $number (@{$run->{given}}) {
		my $file = shift(@files);
		POSIX::dup2($file, $number);
		POSIX::close($file);
	}
	%ENV = @{$run->{environment}};
	@ARGV = @{$run->{arguments}};
	$0 = $run->{name};
	$^T = time();
}

# Open files at other numbers, out of the way of those that are wanted.
sub moved {
	my @numbers = @_;
	foreach my $place (0 .. $#numbers) {
		POSIX::dup2($numbers[$place], 500 + $place);
		POSIX::close($numbers[$place]);
	}
	return map { 500 + $_ } 0 .. $#numbers;
}

# What modules look at when they are loaded, and perl itself when it starts.
sub locale {
	my %of = @_;
	my @names = grep { /^(?:LC_|LANG|PERL|DEBCONF_SYSTEMRC$|LOCPATH$)/ && $_ ne "PERL_DL_NONLAZY" } sort(keys(%of));
	return join("\n", map { "$_=$of{$_}" } @names);
}

# So many bytes, or an end of this process: there is nobody left to run anything for.
sub all {
	my ($from, $length) = @_;
	my $got = "";
	while (length($got) < $length) {
		sysread($from, $got, $length - length($got), length($got)) or POSIX::_exit(255);
	}
	return $got;
}

# The numbers that open files have here: unix(7), cmsg(3).
sub receive {
	my ($from) = @_;
	my $byte = "\0";
	my $vector = pack("P Q", $byte, 1);
	my $control = "\0" x 1040;
	my $header = pack("Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $control, length($control), 0);
	syscall($recvmsg, fileno($from), $header, 0) == 1 or return;
	my ($length) = unpack("Q", $control);
	return $length > 16 ? unpack("x16 l" . (($length - 16) / 4), $control) : ();
}
