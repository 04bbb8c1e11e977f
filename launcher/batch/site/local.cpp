// The batch system of a machine that has none: there is no queue, and nothing to ask.
#include <launcher/batch/site/site.hpp>

namespace hecaton::launcher::batch {

std::vector<Words> local_site_questions() { return {}; }

Site local_site(const Words& /*answers*/) { return {}; }

}  // namespace hecaton::launcher::batch
