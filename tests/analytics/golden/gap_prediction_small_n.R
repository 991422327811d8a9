# Oracle for gap, summary, prediction, profile, interval, posterior and shrinkage: base R 4.2.2 and lme4.
# Run in this folder: Rscript gap_prediction_small_n.R. It writes the *_r.csv files beside it.
# Nothing here shares a formula with the library where R has a function of its own for the number.
set.seed(20260101)
digits <- function(x) { x[] <- lapply(x, function(c) if (is.numeric(c)) signif(c, 15) else c); x }
save_csv <- function(x, name) write.csv(digits(x), name, row.names = FALSE, na = "")

# 1. Classrooms: 40 administrations, three items (1..4; 1..4 reversed; 0..4), 1 to 12 students, some missing.
items <- data.frame(item = c("SM1", "SM4", "CNT"), steps = c(4, 4, 5), lowest = c(1, 1, 0), reverse = c(FALSE, TRUE, FALSE))
rows <- list(); rate <- list(); pred <- list()
for (a in 1:40) {
  n <- sample(1:12, 1)
  for (i in 1:3) {
    p <- prop.table(rgamma(items$steps[i], 1))
    code <- items$lowest[i] + 0:(items$steps[i] - 1)
    value <- sample(code, n, TRUE, p)
    gone <- runif(n) < 0.1
    rows[[length(rows) + 1]] <- data.frame(administration = a, item = items$item[i], student = paste0("s", 1:n),
      value = ifelse(gone, NA, value), missing = ifelse(gone, "skipped", NA))
    rate[[length(rate) + 1]] <- data.frame(administration = a, item = items$item[i], value = sample(code, 1))
    pred[[length(pred) + 1]] <- data.frame(administration = a, item = items$item[i], student = paste0("s", 1:n),
      value = sample(code, n, TRUE))
  }
}
answers <- do.call(rbind, rows); ratings <- do.call(rbind, rate); predictions <- do.call(rbind, pred)
save_csv(items, "classrooms_items_r.csv"); save_csv(answers, "classrooms_answers_r.csv")
save_csv(ratings, "classrooms_ratings_r.csv"); save_csv(predictions, "classrooms_predictions_r.csv")

flip <- function(x, i) if (items$reverse[i]) 2 * items$lowest[i] + items$steps[i] - 1 - x else x
rps <- function(counters, x, code) mean(sapply(x, function(v) sum((cumsum(counters / sum(counters)) - (code >= v))^2)))
out <- list()
for (a in 1:40) for (i in 1:3) {
  s <- subset(answers, administration == a & item == items$item[i]); q <- subset(predictions, administration == a & item == items$item[i])
  code <- items$lowest[i] + 0:(items$steps[i] - 1)
  x <- flip(s$value, i); p <- flip(q$value, i)[match(s$student, q$student)]
  t <- flip(subset(ratings, administration == a & item == items$item[i])$value, i)
  ok <- !is.na(x); if (!any(ok)) next
  y <- x[ok]; p2 <- p[ok]; n <- length(y); counters <- tabulate(p - min(code) + 1, length(code))
  tau <- if (n >= 3 && sd(y) > 0 && sd(p2) > 0) cor(y, p2, method = "kendall") else NA
  out[[length(out) + 1]] <- data.frame(administration = a, item = items$item[i], n = n, dropped = sum(!ok),
    mean = mean(y), median = if (n) median(y) else NA, low = if (n) min(y) else NA, high = if (n) max(y) else NA,
    score = if (n >= 10) mean(100 * (y - min(code)) / (max(code) - min(code))) else NA,
    favourable = sum(100 * (y - min(code)) / (max(code) - min(code)) >= 66),
    rating = t, gap = t - mean(y), at = sum(y == t), within_one = sum(abs(y - t) <= 1), below = sum(y < t), above = sum(y > t),
    distance = mean(abs(y - t)), bias = mean(p2 - y), mean_error = mean(abs(p2 - y)), exact = sum(p2 == y),
    spread = if (n >= 3 && sd(y) > 0) sd(p2) / sd(y) else NA, rank = tau,
    near = sum(abs(p2 - y) <= 1), sd_predicted = if (n >= 3) sd(p2) else NA, sd_answered = if (n >= 3) sd(y) else NA,
    bias_counts = mean(p) - mean(y), predicted_favourable = mean(100 * (p - min(code)) / (max(code) - min(code)) >= 66),
    rps_least = rps(tabulate(y - min(code) + 1, length(code)), y, code),
    rps = rps(counters, y, code), distance_predicted = sum(abs(ecdf(p)(code) - ecdf(y)(code))),
    overlap = sum(pmin(tabulate(p - min(code) + 1, length(code)) / length(p), tabulate(y - min(code) + 1, length(code)) / max(n, 1))))
}
save_csv(do.call(rbind, out), "classrooms_expected_r.csv")

# 2. Intervals for a share: prop.test (Wilson), binom.test (Clopper-Pearson), qbeta (Jeffreys).
grid <- expand.grid(agree = 0:12, answered = c(1, 2, 3, 5, 8, 12), level = c(0.8, 0.9, 0.95))
grid <- subset(rbind(grid, data.frame(agree = c(40, 1, 333), answered = c(57, 900, 1000), level = 0.95)), agree <= answered)
share <- do.call(rbind, lapply(seq_len(nrow(grid)), function(r) {
  x <- grid$agree[r]; n <- grid$answered[r]; l <- grid$level[r]
  w <- suppressWarnings(prop.test(x, n, conf.level = l, correct = FALSE)$conf.int); c <- binom.test(x, n, conf.level = l)$conf.int
  data.frame(agree = x, answered = n, level = l, wilson_low = w[1], wilson_high = w[2], clopper_low = c[1], clopper_high = c[2],
    jeffreys_low = if (x) qbeta((1 - l) / 2, x + 0.5, n - x + 0.5) else 0, jeffreys_high = if (x < n) qbeta((1 + l) / 2, x + 0.5, n - x + 0.5) else 1)
}))
save_csv(share, "share_intervals_r.csv")

# 3. Profiles: cor and sd; concordance as r times Lin's bias factor C_b = 2 / (v + 1/v + u^2).
prof <- list()
for (k in 1:30) {
  m <- sample(5:8, 1); t <- sample(1:4, m, TRUE); while (sd(t) == 0) t <- sample(1:4, m, TRUE); s <- round(runif(m, 1, 4), 2)
  pop <- sqrt((m - 1) / m); v <- sd(t) / sd(s); u <- (mean(t) - mean(s)) / sqrt(sd(t) * pop * sd(s) * pop)
  prof[[k]] <- data.frame(profile = k, teacher = t, students = s, level = mean(t) - mean(s), spread = v, shape = cor(t, s),
    concordance = cor(t, s) * 2 / (v + 1 / v + u^2))
}
save_csv(do.call(rbind, prof), "profiles_r.csv")

# 4. Dirichlet mean: 4 million draws of gamma variates; Monte Carlo error of an end about 0.001 steps.
post <- do.call(rbind, lapply(list(c(1, 2, 4, 1), c(0, 0, 3, 0), c(0, 1, 1, 3), c(3, 0, 0, 2), c(0, 2, 1, 0, 2), c(1, 3, 1), c(2, 9, 14, 5)), function(n) {
  a <- n + 0.5; g <- matrix(rgamma(4e6 * length(a), rep(a, each = 4e6)), ncol = length(a))
  mu <- drop(g %*% seq_along(a)) / rowSums(g); q <- quantile(mu, c(0.025, 0.05, 0.95, 0.975), names = FALSE)
  data.frame(counts = paste(n, collapse = " "), mean = sum(a * seq_along(a)) / sum(a), q025 = q[1], q05 = q[2], q95 = q[3], q975 = q[4], below_25 = mean(mu <= 2.5))
}))
save_csv(post, "dirichlet_mean_r.csv")

# 5. Shrinkage: lme4, restricted maximum likelihood. Dyestuff (Davies and Goldsmith 1972) and two unbalanced sets.
library(lme4)
sim <- function(k, tau, seed) { set.seed(seed); n <- sample(2:12, k, TRUE); g <- rep(1:k, n)
  data.frame(class = g, value = pmin(4, pmax(1, round(2.6 + rnorm(k, 0, tau)[g] + rnorm(length(g), 0, 0.8))))) }
sets <- list(dyestuff = data.frame(class = as.integer(Dyestuff$Batch), value = Dyestuff$Yield), classes = sim(24, 0.5, 11), alike = sim(12, 0.05, 5))
shr <- list(); raw <- list()
for (name in names(sets)) {
  d <- sets[[name]]; f <- lmer(value ~ 1 + (1 | class), d, REML = TRUE, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-12)))
  vc <- as.data.frame(VarCorr(f))$vcov
  shr[[name]] <- data.frame(set = name, class = sort(unique(d$class)), shrunken = coef(f)$class[, 1], common = fixef(f)[[1]], between = vc[1], within = vc[2])
  raw[[name]] <- cbind(set = name, d)
}
save_csv(do.call(rbind, shr), "shrinkage_r.csv"); save_csv(do.call(rbind, raw), "shrinkage_data_r.csv")
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "\n")
