// For the tests of what batch systems say of themselves.
#pragma once

#include "batch_support.hpp"

#include <launcher/batch/site/site.hpp>

namespace hecaton::launcher::batch {

/// Of the texts of the answers; an empty one has not come.
inline Site site_of(const std::string& scheduler, const Words& outputs) {
    std::vector<Answer> answers;
    for (const std::string& output : outputs) answers.push_back(output.empty() ? silent() : said(output));
    return site_in(scheduler, answers);
}

inline Setting setting(const Site& site, const std::string& part) {
    for (const Setting& one : site.settings)
        if (one.text.find(part) != std::string::npos) return one;
    FAIL("no setting has: " << part);
    return {};
}

inline bool has_setting(const Site& site, const std::string& part) {
    for (const Setting& one : site.settings)
        if (one.text.find(part) != std::string::npos) return true;
    return false;
}

/// Garbage in answer to all questions of all batch systems.
inline void expect_that_all_survive(const Words& answers) {
    Garbage garbage(answers);
    for (int round = 0; round < 2000; ++round) {
        std::vector<Answer> all;
        for (int i = 0; i < 6; ++i) all.push_back(said(garbage.text()));
        for (const std::string& scheduler : scheduler_names())
            for (const Queue& queue : site_in(scheduler, all).queues) CHECK(queue.nodes.count >= 0);
    }
}

}  // namespace hecaton::launcher::batch
