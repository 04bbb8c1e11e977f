#pragma once

#include <hecaton/hecaton.hpp>
#include <vector>

std::vector<int> mapped_in_other_unit(hecaton::Pool& pool, const std::vector<int>& items);
std::vector<int> lambda_mapped_in_other_unit(hecaton::Pool& pool, const std::vector<int>& items);
