#!/usr/bin/env perl
# Fit a parabola to a noisy one by stochastic gradient descent with momentum.
use strict;
use warnings;
use IO::Handle;

my %params = (lr => 0.03, momentum => 0, epochs => 30, map { split /=/, $_, 2 } @ARGV);
open my $events, '>>', $ENV{SWEEPCLI_EVENTS} // '/dev/stdout' or die "no event file: $!";
$events->autoflush(1);    # what is logged is seen at once

# Noise of our own, so that every Perl trains on the same points.
my $state = 1;
sub noise { $state = ($state * 16807) % 2147483647; return $state / 2147483647 - 0.5 }
my @points = map { my $x = $_ / 20 - 1; [$x, 1 - 2 * $x + 3 * $x**2 + 0.2 * noise()] } 0 .. 40;

my @weights = my @speed = (0, 0, 0);
for my $epoch (0 .. $params{epochs} - 1) {
    my $loss = 0;
    for my $point (@points) {
        my ($x, $y) = @$point;
        my @powers = (1, $x, $x**2);
        my $error = -$y;
        $error += $weights[$_] * $powers[$_] for 0 .. 2;
        $loss += $error**2 / @points;
        for (0 .. 2) {
            $speed[$_] = $params{momentum} * $speed[$_] - $params{lr} * 2 * $error * $powers[$_];
            $weights[$_] += $speed[$_];
        }
    }
    printf $events qq({"epoch": %d, "loss": %.6g}\n), $epoch, $loss;
}
