#!/usr/bin/env bash
# recordings.sh CASE: prints a recording as a program would have written it, simulated. The cases:
#   two       2 ranks on one host, two calls, collectives and a region
#   cluster   64 ranks on 4 hosts, three calls of one name and one of another, all well balanced
#   tail      64 ranks on 4 hosts, and item 812, which takes far longer than the others
#   errors    16 ranks on 2 hosts, items that fail, and rank 5, which is lost
#   thousand  1,000 ranks on 16 hosts
#   million   1,000,000 items on 64 ranks, of 1 ms each or less
#   died      as `two`, but the job died in the middle: the last line is torn
#   giant     5,000 ranks on 100 hosts
#   spmd      4 ranks that call collectives only
#   idle      8 ranks, of which 3 run nothing, and bad chunks: an item's neighbours are as slow as itself
set -eu
awk -v which="${1:?CASE}" '
# A number from 0 to 1, the same ones each time.
function random() {
  seed = (seed * 16807) % 2147483647
  return seed / 2147483647
}
function begin(count, hosts,    i) {
  ranks = count
  printf "hecaton-recording 1\n"
  printf "begin {\"version\":\"1.0\",\"program\":\"/home/user/bin/sweep\",\"arguments\":[\"--level\",\"3\"],\"unix_time\":1764500000.123,\"origin\":5,\"ranks\":%d}\n", ranks
  for (i = 0; i < ranks; ++i) {
    host[i] = sprintf("node%d", int(i * hosts / ranks) + 1)
    printf "rank {\"rank\":%d,\"host\":\"%s\",\"node\":%d,\"cores\":16,\"pid\":%d,\"offset_ns\":%d,\"round_trip_ns\":%d}\n", i, host[i], int(i * hosts / ranks), 1000 + i, (host[i] == host[0] ? 0 : -120000), (host[i] == host[0] ? 0 : 21000)
    busy[i] = 0
  }
}
# In milliseconds, as all times here.
function ns(time) { return sprintf("%.0f", time * 1000000) }
function begin_call(number, kind, name, items, time,    i) {
  call = number
  printf "call {\"call\":%d,\"kind\":\"%s\",\"name\":\"%s\",\"items\":%d,\"time\":%s}\n", number, kind, name, items, ns(time)
  call_begin = time
  computing = 0
  for (i = 0; i < ranks; ++i) free[i] = gone[i] ? 1e18 : time + 2 + random()
}
function first_free(    i, best) {
  best = 0
  for (i = 1; i < ranks; ++i) if (free[i] < free[best]) best = i
  return best
}
function ran(rank, first, count, duration, attempt) {
  printf "ran %d %d %d %d %s %s %d\n", call, rank, first, count, ns(free[rank]), ns(duration), attempt
  free[rank] += duration + 0.05
  busy[rank] += duration
  computing += duration
}
function last_end(    i, end) {
  end = 0
  for (i = 0; i < ranks; ++i) if (free[i] < 1e18 && free[i] > end) end = free[i]
  return end
}
function end_call(items, failed,    end) {
  end = last_end() + 1.5
  printf "end_call {\"call\":%d,\"time\":%s,\"items\":%d,\"failed\":%d,\"chunks\":%d,\"workers\":%d,\"wall\":%.6f,\"serial\":%.6f,\"longest\":1.5,\"bytes_sent\":%d,\"bytes_received\":%d,\"restored\":0,\"waited\":0,\"by_caller\":0,\"cut\":false,\"verdict\":\"%d items: %d ranks were %.1f times faster than one\"}\n", call, ns(end), items, failed, items / 4, ranks, (end - call_begin) / 1000, computing / 1000, items * 16, items * 64, items, ranks, computing / (end - call_begin)
  return end
}
function end_all(time, status,    i) {
  for (i = 0; i < ranks; ++i) if (!gone[i]) printf "end_rank {\"rank\":%d,\"cpu\":%.3f,\"peak_bytes\":%d,\"time\":%s}\n", i, busy[i] / 1000, 60000000 + 100000 * i, ns(time)
  printf "end {\"time\":%s,\"status\":%d}\n", ns(time), status
  printf "launcher {\"command\":[\"hecaton\",\"run\",\"-n\",\"%d\",\"--report\",\"run.html\",\"./sweep\"],\"mpi\":\"Open MPI 4.1.4\",\"hosts\":[\"%s\",\"%s\"],\"cores\":16,\"start\":1764500000,\"end\":%.1f,\"status\":%d,\"cards\":[],\"losses\":[%s]}\n", ranks, host[0], host[ranks - 1], 1764500000 + time / 1000, status, losses
}
# Each item goes to the rank that is free first.
function map(number, name, items, time, mean, spread,    i) {
  begin_call(number, "map", name, items, time)
  for (i = 0; i < items; ++i) ran(first_free(), i, 1, mean * (1 - spread + 2 * spread * random()), 1)
  return end_call(items, 0)
}
function collective(rank, start, duration, bytes, name) { printf "collective %d %s %s %d %s\n", rank, ns(start), ns(duration), bytes, name }

function two(died,    end, i) {
  begin(2, 1)
  printf "region 0 %s %s {\"name\":\"read \\\"input\\\"\"}\n", ns(1), ns(140)
  printf "region 0 %s %s {\"name\":\"parse\"}\n", ns(30), ns(60)
  for (i = 0; i < 2; ++i) collective(i, 150, 8 + 5 * i, 80000, "broadcast")
  if (died) {
    begin_call(1, "map", "search", 100, 200)
    for (i = 0; i < 40; ++i) ran(first_free(), i, 1, 20 + 30 * random(), 1)
    printf "ran 1 0 40 1 9999999"
    return
  }
  end = map(1, "search", 60, 200, 35, 0.8)
  for (i = 0; i < 2; ++i) collective(i, end + 20, 30, 8, "all_reduce")
  end = map(2, "", 400, end + 100, 1.5, 0.3)
  end_all(end + 20, 0)
}
function cluster(    end, i) {
  begin(64, 4)
  end = 300
  for (i = 1; i <= 3; ++i) end = map(i, "relax", 1500, end + 40, 60, 0.6)
  end = map(4, "collect", 300, end + 200, 120, 0.9)
  end_all(end + 100, 0)
}
function tail(    i, end) {
  begin(64, 4)
  begin_call(1, "map", "sweep", 1000, 100)
  for (i = 0; i < 1000; ++i) ran(first_free(), i, 1, i == 812 ? 52000 : 400 + 1000 * random() + (random() < 0.02 ? 3000 : 0), 1)
  end_all(end_call(1000, 0) + 30, 0)
}
function errors(    i, rank, end, items) {
  begin(16, 2)
  items = 600
  begin_call(1, "map_outcomes", "simulate", items, 80)
  for (i = 0; i < items; ++i) {
    rank = first_free()
    if (i == 230) {
      printf "lost 1 5 %d %s 1\n", i, ns(free[5] + 160)
      printf "lost_rank {\"rank\":5,\"host\":\"%s\",\"time\":%s,\"why\":\"signal 9 (Killed)\"}\n", host[5], ns(free[5] + 160)
      losses = sprintf("{\"rank\":5,\"host\":\"%s\",\"why\":\"signal 9 (Killed)\"}", host[5])
      gone[5] = 1
      free[5] = 1e18
      rank = first_free()
      ran(rank, i, 1, 320, 2)
      continue
    }
    if (i % 37 == 5) printf "error {\"call\":1,\"index\":%d,\"rank\":%d,\"host\":\"%s\",\"type\":\"std::out_of_range\",\"text\":\"no such cell: <%d> & \\\"more\\\"\"}\n", i, rank, host[rank], i
    ran(rank, i, 1, 50 + 200 * random(), 1)
  }
  end_all(end_call(items, 17) + 20, 1)
}
function thousand(    i, rank, k, index0) {
  begin(1000, 16)
  begin_call(1, "map", "integrate", 60000, 1000)
  for (rank = 0; rank < ranks; ++rank)
    for (k = 0; k < 60; ++k) {
      ran(rank, index0, 1, 80 + 60 * random() + (rank % 62 > 50 ? 40 : 0), 1)
      ++index0
    }
  end_all(end_call(60000, 0) + 100, 0)
}
function giant(    rank, k) {
  begin(5000, 100)
  begin_call(1, "map", "render", 20000, 1000)
  for (rank = 0; rank < ranks; ++rank)
    for (k = 0; k < 4; ++k) ran(rank, rank * 4 + k, 1, 800 + 600 * random(), 1)
  end_all(end_call(20000, 0) + 100, 0)
}
function million(    rank, k) {
  begin(64, 4)
  begin_call(1, "map", "tiny", 1000000, 50)
  for (k = 0; k < 15625; ++k)
    for (rank = 0; rank < 64; ++rank) ran(rank, k * 64 + rank, 1, random(), 1)
  end_all(end_call(1000000, 0) + 10, 0)
}
function idle(    i, rank) {
  begin(8, 1)
  begin_call(1, "map", "mandelbrot", 500, 20)
  for (i = 0; i < 500; ++i) ran(int(i / 100), i, 1, i >= 200 && i < 300 ? 40 : 2 + random(), 1)
  end_all(end_call(500, 0) + 5, 0)
}
function spmd(    i, k, start, end) {
  begin(4, 2)
  end = 20
  for (k = 0; k < 30; ++k) {
    for (i = 0; i < 4; ++i) {
      start[i] = end + 40 + 30 * random()
      printf "region %d %s %s {\"name\":\"step\"}\n", i, ns(end + 0.5), ns(start[i] - end - 1)
      busy[i] += start[i] - end
    }
    for (i = 0; i < 4; ++i) collective(i, start[i], end + 72 - start[i], 8000, k % 10 == 9 ? "gather" : "all_reduce")
    end += 73
  }
  end_all(end + 5, 0)
}
BEGIN {
  seed = 4711
  if (which == "two") two(0)
  else if (which == "died") two(1)
  else if (which == "cluster") cluster()
  else if (which == "tail") tail()
  else if (which == "errors") errors()
  else if (which == "thousand") thousand()
  else if (which == "million") million()
  else if (which == "giant") giant()
  else if (which == "spmd") spmd()
  else if (which == "idle") idle()
  else { print "recordings.sh: no such case: " which >"/dev/stderr"; exit 2 }
}'
