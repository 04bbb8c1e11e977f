#include "trace.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <stdexcept>

namespace chaos {

Items committed_items(const std::vector<std::string>& csv) {
    Items found;
    for (std::size_t i = 1; i < csv.size(); ++i) {
        std::istringstream line(csv[i]);
        std::string name;
        std::string skipped;
        std::string state;
        std::uint64_t index = 0;
        std::uint64_t count = 0;
        char comma = 0;
        std::getline(line, name, ',');
        if (!name.starts_with('c')) continue;  // the rest of an error of several lines
        std::getline(line, skipped, ',');
        std::getline(line, skipped, ',');
        line >> index >> comma >> count >> comma;
        std::getline(line, state, ',');
        if (state == "damaged") throw std::runtime_error("a damaged result: " + csv[i]);
        if (state != "done") continue;
        for (std::uint64_t k = 0; k < count; ++k) found.insert(fmt::format("{} {}", name, index + k));
    }
    return found;
}

std::string wrong_in_trace(const std::vector<std::string>& lines, std::size_t begin, const Items& committed) {
    std::map<std::string, std::set<std::string>> ran;  // of a call, since the last start
    std::map<std::string, std::uint64_t> restored;     // at most so far
    for (std::size_t i = begin; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (line == "start") {
            ran.clear();
            continue;
        }
        if (committed.contains(line)) return fmt::format("{} ran again although its result was committed", line);
        std::istringstream words(line);
        std::string call;
        std::string item;
        words >> call >> item;
        if (call != "end") {
            ran[call].insert(item);
            continue;
        }
        std::uint64_t had = 0;
        std::uint64_t items = 0;
        if (!(words >> had >> items)) return "a line that is not whole: " + line;
        if (ran[item].size() + had != items)
            return fmt::format("{} of the {} items of {} ran, and the journal had {}", ran[item].size(), items, item,
                               had);
        if (had < restored[item]) return fmt::format("the journal has lost results of {}: {}", item, line);
        restored[item] = had;
    }
    return {};
}

}  // namespace chaos
