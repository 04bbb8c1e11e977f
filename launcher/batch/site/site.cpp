#include <launcher/batch/site/site.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

struct Describer {
    const char* scheduler;
    std::vector<Words> (*questions)();
    Site (*site)(const Words& answers);
};

constexpr Describer describers[] = {
    {"slurm", slurm_site_questions, slurm_site},           {"pbs", pbs_site_questions, pbs_site},
    {"torque", pbs_site_questions, torque_site},           {"lsf", lsf_site_questions, lsf_site},
    {"sge", grid_engine_site_questions, grid_engine_site}, {"flux", flux_site_questions, flux_site},
    {"local", local_site_questions, local_site},
};

const Describer* describer(const std::string& scheduler) {
    for (const Describer& known : describers)
        if (scheduler == known.scheduler) return &known;
    return nullptr;
}

}  // namespace

std::vector<Words> site_questions(const std::string& scheduler) {
    const Describer* const known = describer(scheduler);
    return known ? known->questions() : std::vector<Words>{};
}

Site site_in(const std::string& scheduler, const std::vector<Answer>& answers) {
    const Describer* const known = describer(scheduler);
    if (!known) return {};
    Words texts;
    for (const Answer& answer : answers) texts.push_back(text::answered(answer) ? answer.output : "");
    texts.resize(known->questions().size());
    return known->site(texts);
}

}  // namespace hecaton::launcher::batch
