#include <hecaton/pool/root/losses.hpp>

namespace hecaton::detail {

bool Losses::heed(double time) {
    departures_.look(time);
    bool any = false;
    while (const auto departure = departures_.next(time)) {
        any = true;
        lose(*departure, time);
    }
    return any;
}

void Losses::lose(const Departures::Departure& departure, double time) {
    const int worker = departure.worker;
    if (parts_.lines.is_lost(worker)) return;
    parts_.lines.lose(worker);
    count_.fetch_add(1);
    if (parts_.traffic.error()) return;
    if (worker >= parts_.lines.workers()) return parts_.traffic.idle_rank_lost(departure.how);
    parts_.traffic.worker_lost(worker, departure.how, time);
    parts_.processes.worker_lost(worker);
    parts_.shared_values.worker_lost(worker);
}

}  // namespace hecaton::detail
