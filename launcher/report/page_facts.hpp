// Parts of the page's data that are tables already: what is known of the run, and of its collectives and regions.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// Pairs of a name and a text, without those that are not known.
nlohmann::json facts_json(const Recording& recording);
/// The rank, its host, and why it was lost, as the launcher saw it.
nlohmann::json losses_json(const Recording& recording);
/// By name: region, how often, bytes, time of all ranks, the longest one and its rank.
nlohmann::json stretch_table_json(const Recording& recording);

}  // namespace hecaton::launcher::report
